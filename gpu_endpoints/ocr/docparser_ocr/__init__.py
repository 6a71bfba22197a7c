"""The OCR server: reads scanned pages, behind the two routes of a SageMaker container."""
