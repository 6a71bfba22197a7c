"""What the stages that ask Textract share: the lane that reads scans, and the reader of fields.

``blocks`` are those of a response, mended until they can be read, ``forms`` the labels and values
among them, ``pictures`` pages as Textract takes them.
"""
