"""What holds for every concern, in plain Python. How a matter may go, which desk has it, what a city calls its
ways of help, which policies there are, and what each published rate counts. Facts in, a value out: no
database and no framework, so that anybody can read and try it.
"""
