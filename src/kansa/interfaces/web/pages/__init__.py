"""One module for each group of pages; a page is a function from what is asked to an answer."""
