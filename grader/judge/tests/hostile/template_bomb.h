// Doubles with each level.
template <int depth, int which>
struct Bomb {
  Bomb<depth - 1, 2 * which> left;
  Bomb<depth - 1, 2 * which + 1> right;
};
template <int which>
struct Bomb<0, which> {};
inline Bomb<28, 0> bomb;
