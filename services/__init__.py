"""Real PostgreSQL, Redis and Neo4j servers for development, tests and benchmarks.

Not part of the product: midspan only ever sees their URLs. Each server lives in a folder of its own,
listens on 127.0.0.1 alone, asks for a password made for it, and is known by the process id it noted.
"""
