"""我能享受什么: the calculator for everybody. Answers read as values that the rules know, carried from screen to
screen in the form itself, and all benefits at once; nothing is kept.
"""
