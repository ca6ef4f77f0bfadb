// A file whose name only the compiler sees.
#define FILE_OF_MINE "/dev/stdin"
#include FILE_OF_MINE
