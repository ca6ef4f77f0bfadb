// An error message of a hundred megabytes: one name, doubled again and again.
#define D2(x) x##x
#define NAME_TWICE(x) D2(x)
template <class... T>
struct Wide {};
template <int n, class... T>
struct Grow : Grow<n - 1, T..., Wide<T...>, Wide<Wide<T...>, T...>> {};
template <class... T>
struct Grow<0, T...> {
  static_assert(sizeof...(T) == 0);
  using type = typename Wide<T...>::nothing_of_this_name;
};
using Flood = Grow<9, int, long, char>::type;
