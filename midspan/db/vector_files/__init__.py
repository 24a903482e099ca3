"""What the FAISS index keeps on disk: segments that never change, and a log of what came after them.

* A *segment* holds vectors in the order of their keys, and the keys that it takes out of older segments.
* The *log* is appended to: a record is a batch of vectors set and keys taken out, with a checksum.
* A *manifest* is a generation file (``db/generations.py``) that names segments, oldest first, and logs.

What is true of a key is what the newest of these says: log over segments, newer segments over older ones. So
segments that lie side by side may be merged, and a log may become a segment, while readers read and a writer
writes; the next manifest names the one instead of the others.
"""
