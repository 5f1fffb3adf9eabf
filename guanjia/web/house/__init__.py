"""What a house stands on. Its data folder, its keys, its database with the roles in it, and the programs that run;
how it starts, is brought up to date, is kept in one file, and is sealed anew.
"""
