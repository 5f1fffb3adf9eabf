"""Guanjia (莞家): finds everyone a city owes help to, works out what, delivers it, proves it."""

__version__ = "0.1.0"
