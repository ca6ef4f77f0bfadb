/* Not C++: `new` is a name like any other. */
int c_total;

void add_in_c(void) {
  int new = c_total + 1;
  c_total = new;
}
