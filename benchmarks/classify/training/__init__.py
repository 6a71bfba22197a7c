"""From grammars of documents to the weights of the document type model."""
