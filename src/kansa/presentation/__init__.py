"""What people are shown, as data and as text: view models that the command line, pages and reports share.

A view model is frozen, holds both languages, and is made from the results of use cases and from what they rest on; it
asks no vault. Drawing on a terminal or in a browser is for `kansa.interfaces`.
"""
