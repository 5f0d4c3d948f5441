"""Pictures as files and arrays: PNG in and out, decoding a pair, and hashes of a change.

``codec`` reads and writes any picture, ``png`` reads a PNG's structure without decoding it, and
``decode_pair`` decodes an expected and an actual picture together.
"""
