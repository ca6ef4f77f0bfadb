// Links of std::list and of the trees of std::map and std::set: libstdc++ changes them, and steps
// through a tree, in functions that nobody instruments.
//
// A list's functions are told by the very links that they touch. How far a tree is rebalanced is
// the library's affair; the standard says what counts ([container.requirements.dataraces],
// [res.on.data.races]): inserting and erasing may write the container, a step of an iterator may
// read it. The tree's header, which every call on the container reads, stands for it.

#include <list>
#include <map>
#include <utility>

#include "grader/explorer/hooks/library_memory.h"

using namespace lockstep;  // NOLINT: the hooks below are C functions

namespace {

using ListNode = std::__detail::_List_node_base;
using TreeNode = std::_Rb_tree_node_base;

void reads_link(ListNode* const& link, const void* pc) {
  plain_access(address_of(&link), sizeof(link), false, pc);
}

void writes_link(ListNode* const& link, const void* pc) {
  plain_access(address_of(&link), sizeof(link), true, pc);
}

// Both links of a node, and those of its neighbours that point to it.
void writes_around(const ListNode& node, const void* pc) {
  writes_link(node._M_next, pc);
  writes_link(node._M_prev, pc);
  writes_link(node._M_next->_M_prev, pc);
  writes_link(node._M_prev->_M_next, pc);
}

// The header is red and is its root's parent; a root is black.
bool is_header(const TreeNode* node) {
  return node->_M_color == std::_S_red &&
         (node->_M_parent == nullptr || node->_M_parent->_M_parent == node);
}

// A step from `node`, which must still be there, to a neighbour in the order.
void reads_tree(const TreeNode* node, const void* pc) {
  plain_access(address_of(node), sizeof(*node), false, pc);
  while (!is_header(node)) node = node->_M_parent;
  plain_access(address_of(node), sizeof(*node), false, pc);
}

void writes_tree(const TreeNode* node, const TreeNode& header, const void* pc) {
  plain_access(address_of(node), sizeof(*node), true, pc);
  plain_access(address_of(&header), sizeof(header), true, pc);
}

}  // namespace

// Defines the function of the C++ library that has `symbol`, and library_NAME(), which calls the
// library's own.
#define HOOK(result, name, symbol, ...)                                   \
  LOCKSTEP_HOOK result lockstep_##name(__VA_ARGS__) asm(symbol);          \
  namespace {                                                             \
  template <class... Arguments>                                           \
  result library_##name(Arguments&&... arguments) {                       \
    static const auto next = library<decltype(&lockstep_##name)>(symbol); \
    return next(std::forward<Arguments>(arguments)...);                   \
  }                                                                       \
  }                                                                       \
  result lockstep_##name(__VA_ARGS__)

// A node takes its place before `next`.
HOOK(void, list_hook, "_ZNSt8__detail15_List_node_base7_M_hookEPS0_", ListNode* node,
     ListNode* next) {
  if (seen(LOCKSTEP_CALLER)) {
    writes_link(node->_M_next, LOCKSTEP_CALLER);
    writes_link(node->_M_prev, LOCKSTEP_CALLER);
    writes_link(next->_M_prev, LOCKSTEP_CALLER);
    writes_link(next->_M_prev->_M_next, LOCKSTEP_CALLER);
  }
  library_list_hook(node, next);
}

HOOK(void, list_unhook, "_ZNSt8__detail15_List_node_base9_M_unhookEv", ListNode* node) {
  if (seen(LOCKSTEP_CALLER)) {
    reads_link(node->_M_next, LOCKSTEP_CALLER);
    reads_link(node->_M_prev, LOCKSTEP_CALLER);
    writes_link(node->_M_next->_M_prev, LOCKSTEP_CALLER);
    writes_link(node->_M_prev->_M_next, LOCKSTEP_CALLER);
  }
  library_list_unhook(node);
}

// The nodes from `first` to before `last` move to before `next`.
HOOK(void, list_transfer, "_ZNSt8__detail15_List_node_base11_M_transferEPS0_S1_", ListNode* next,
     ListNode* first, ListNode* last) {
  if (next != last && seen(LOCKSTEP_CALLER)) {
    for (ListNode* const node : {next, first, last}) {
      writes_link(node->_M_prev, LOCKSTEP_CALLER);
      writes_link(node->_M_prev->_M_next, LOCKSTEP_CALLER);
    }
  }
  library_list_transfer(next, first, last);
}

HOOK(void, list_swap, "_ZNSt8__detail15_List_node_base4swapERS0_S1_", ListNode& one,
     ListNode& other) {
  if (seen(LOCKSTEP_CALLER)) {
    writes_around(one, LOCKSTEP_CALLER);
    writes_around(other, LOCKSTEP_CALLER);
  }
  library_list_swap(one, other);
}

HOOK(void, list_reverse, "_ZNSt8__detail15_List_node_base10_M_reverseEv", ListNode* list) {
  if (seen(LOCKSTEP_CALLER)) {
    const ListNode* node = list;
    do {
      writes_around(*node, LOCKSTEP_CALLER);
      node = node->_M_next;
    } while (node != list);
  }
  library_list_reverse(list);
}

HOOK(void, tree_insert, "_ZSt29_Rb_tree_insert_and_rebalancebPSt18_Rb_tree_node_baseS0_RS_",
     bool left, TreeNode* node, TreeNode* parent, TreeNode& header) {
  if (seen(LOCKSTEP_CALLER)) writes_tree(parent, header, LOCKSTEP_CALLER);
  library_tree_insert(left, node, parent, header);
}

HOOK(TreeNode*, tree_erase, "_ZSt28_Rb_tree_rebalance_for_erasePSt18_Rb_tree_node_baseRS_",
     TreeNode* node, TreeNode& header) {
  if (seen(LOCKSTEP_CALLER)) writes_tree(node, header, LOCKSTEP_CALLER);
  return library_tree_erase(node, header);
}

HOOK(TreeNode*, tree_next, "_ZSt18_Rb_tree_incrementPSt18_Rb_tree_node_base", TreeNode* node) {
  if (seen(LOCKSTEP_CALLER)) reads_tree(node, LOCKSTEP_CALLER);
  return library_tree_next(node);
}

HOOK(const TreeNode*, tree_next_const, "_ZSt18_Rb_tree_incrementPKSt18_Rb_tree_node_base",
     const TreeNode* node) {
  if (seen(LOCKSTEP_CALLER)) reads_tree(node, LOCKSTEP_CALLER);
  return library_tree_next_const(node);
}

HOOK(TreeNode*, tree_previous, "_ZSt18_Rb_tree_decrementPSt18_Rb_tree_node_base", TreeNode* node) {
  if (seen(LOCKSTEP_CALLER)) reads_tree(node, LOCKSTEP_CALLER);
  return library_tree_previous(node);
}

HOOK(const TreeNode*, tree_previous_const, "_ZSt18_Rb_tree_decrementPKSt18_Rb_tree_node_base",
     const TreeNode* node) {
  if (seen(LOCKSTEP_CALLER)) reads_tree(node, LOCKSTEP_CALLER);
  return library_tree_previous_const(node);
}
