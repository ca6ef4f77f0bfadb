// The compiler's first error is what the user sees.
int main() { return undeclared_name; }
