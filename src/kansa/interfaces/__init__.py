"""Where people and machines meet Kansa: the command line; later the API and the pages."""
