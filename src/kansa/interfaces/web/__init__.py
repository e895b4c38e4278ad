"""The pages: what people look at and sign in a browser. Requests reach application services and nothing below them."""
