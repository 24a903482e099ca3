"""One reader a file format: bytes in, extracted text or windows of frames out."""
