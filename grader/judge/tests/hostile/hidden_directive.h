// A directive where only some compilers see it.
#if 0
inline const char* text = R"(
#endif
#define CHECK(...) (void)0
)";
#endif
