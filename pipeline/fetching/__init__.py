"""Asks web servers for feeds and pages: politely, within limits, and never in a private network."""
