// The same, as the preprocessor writes it.
# 1 "/work/main/solutions/00_jail/counter.h"
this is no declaration;
