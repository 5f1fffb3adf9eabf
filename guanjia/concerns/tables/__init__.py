"""What is kept of a concern besides the concern itself. Contacts proved by a code, judgements and their review,
what an asker allowed others to see, the sets behind published rates, categories, topics. Django reads them
through `guanjia.concerns.models`.
"""
