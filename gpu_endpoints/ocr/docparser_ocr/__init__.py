"""The OCR container: pages in, text with its places out."""
