"""Full text: what a query says, how text is cut into words, and the index on tantivy."""
