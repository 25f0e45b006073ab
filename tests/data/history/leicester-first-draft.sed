# What the consultation changed in Leicester's first draft: the words as they stood before.
s/you will get an answer in writing within ten working days/you will get an answer/
s/You will not have to leave care before you are ready, and will go to a decent home/You will go to a decent home/
s/free for you, your carers and their family/free for you/
