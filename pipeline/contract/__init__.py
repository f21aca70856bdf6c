"""The published contract: schemas/ as written from the record types and the topology, and its checks."""
