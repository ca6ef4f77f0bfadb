// Lets the loader call a function of its choice.
extern "C" {
static int resolved() { return 0; }
static int (*resolver())() { return resolved; }
int chosen() __attribute__((ifunc("resolver")));
}
inline int use = chosen();
