// Whatever the compiler is given as input.
#include </dev/stdin>
