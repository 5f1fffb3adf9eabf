"""What follows an answer. Judgements that another desk reviews, calls to those who said nothing, and
matters shown to everybody for as long as their asker allows it.
"""
