"""What-ifs, and proposals to change the book. Other figures are tried, who gains and who loses is read, and a
second person adopts what is proposed.
"""
