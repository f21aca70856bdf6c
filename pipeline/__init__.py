"""Pactwatch: watches news feeds for what happens between two allies and tells people what is new."""
