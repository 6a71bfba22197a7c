"""The Textract API in front of the OCR server that runs on this machine.

``document`` takes a request's document apart, ``blocks`` says what the server read in Textract's
words, ``operations`` answers the synchronous operations, ``quota`` throttles them.
"""
