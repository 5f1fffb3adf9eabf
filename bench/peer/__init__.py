"""The city's rules once more, by hand in openfisca-core: what the compiled text is measured against."""
