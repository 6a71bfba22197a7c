"""The OCR engine beside stock RapidOCR and Tesseract: ``python -m benchmarks.ocr``."""
