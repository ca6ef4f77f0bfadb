// Streams of the C++ library: what a program does with one is done in code that nobody instruments.
//
// The standard says what such a call counts as ([res.on.data.races]): a function that is not const
// may write the object it is called on, a const one only reads it. So a call of the program's is an
// access to the stream itself and to its buffer, and two threads that use one stream without order
// are told, although what happens inside is not looked at. std::cout, std::cerr, std::clog and
// std::cin may be used by several threads at once ([iostream.objects.overview]) and are left out;
// what is written to them is in order under the explorer.
//
// The functions have many signatures, and only their first arguments matter. Each name below is a
// stub that keeps the arguments in their registers, tells lockstep_stream_used(), and goes on to
// the library's own function.

#include <dlfcn.h>

#include <cstddef>
#include <iostream>
#include <string>

#include "grader/explorer/hooks/endless_loop.h"
#include "grader/explorer/hooks/library_memory.h"

using namespace lockstep;  // NOLINT: the stubs are C functions

namespace {

// What a stub knows of its function; read by the stubs.
struct Function {
  const char* name;
  // What the call does with its first three arguments.
  void (*use)(void* first, const void* second, std::size_t third, const void* caller);
  void* real;
};

bool is_standard(const void* stream) {
  return stream == &std::cout || stream == &std::cerr || stream == &std::clog ||
         stream == &std::cin;
}

bool is_standard(const std::streambuf* buffer) {
  return buffer == std::cout.rdbuf() || buffer == std::cerr.rdbuf() ||
         buffer == std::clog.rdbuf() || buffer == std::cin.rdbuf();
}

// A class with virtual functions keeps distances in front of its table of them: two words before it
// that to the whole object, three words before it that to the virtual base.
const char* at_distance(const void* part, int words) {
  const char* const table = *static_cast<const char* const*>(part);
  const char* const entry = table - static_cast<std::size_t>(words) * sizeof(void*);
  return static_cast<const char*>(part) + *reinterpret_cast<const std::ptrdiff_t*>(entry);
}

// A stream and its buffer, which is an object of its own: string streams ask it alone for str().
// `side` is the input or the output side of the stream.
void use(const void* side, bool changes, const void* caller) {
  const char* const stream = at_distance(side, 2);
  if (is_standard(stream)) return endless_loop::note_print();
  plain_access(address_of(stream), sizeof(void*), changes, caller);
  const auto* const buffer = reinterpret_cast<const std::ios*>(at_distance(side, 3))->rdbuf();
  if (buffer == nullptr || is_standard(buffer)) return;
  plain_access(address_of(buffer), sizeof(std::streambuf), changes, caller);
}

void changes_stream(void* side, const void* /*second*/, std::size_t /*third*/, const void* caller) {
  use(side, true, caller);
}

// What is written was in memory of the program's.
void writes_characters(void* side, const void* text, std::size_t size, const void* caller) {
  if (static_cast<std::ptrdiff_t>(size) > 0) reads(text, size, caller);
  use(side, true, caller);
}

void writes_c_string(void* side, const void* text, std::size_t /*third*/, const void* caller) {
  if (text != nullptr) reads(text, with_end(static_cast<const char*>(text)), caller);
  use(side, true, caller);
}

void writes_string(void* side, const void* text, std::size_t /*third*/, const void* caller) {
  const auto& string = *static_cast<const std::string*>(text);
  reads(&string, sizeof(char*) + sizeof(std::size_t), caller);
  writes_characters(side, string.data(), string.size(), caller);
}

// The result's place comes before the object.
void reads_stream(void* /*result*/, const void* side, std::size_t /*third*/, const void* caller) {
  use(side, false, caller);
}

void changes_buffer(void* buffer, const void* /*second*/, std::size_t /*third*/,
                    const void* caller) {
  writes(buffer, sizeof(std::streambuf), caller);
}

void reads_buffer(void* /*result*/, const void* buffer, std::size_t /*third*/, const void* caller) {
  reads(buffer, sizeof(std::streambuf), caller);
}

}  // namespace

extern "C" {

// Returns where the library's own function is.
[[gnu::used]] void* lockstep_stream_used(void* first, const void* second, std::size_t third,
                                         const void* caller, Function* function) {
  if (seen(caller)) function->use(first, second, third, caller);
  if (function->real == nullptr) {
    const Inside inside;
    function->real = ::dlsym(RTLD_NEXT, function->name);
  }
  return function->real;
}

}  // extern "C"

// A stub comes here with its Function in rax.
asm(R"(
.text
.type lockstep_stream_call, @function
lockstep_stream_call:
  .cfi_startproc
  pushq %rbp
  .cfi_def_cfa_offset 16
  .cfi_offset %rbp, -16
  movq %rsp, %rbp
  .cfi_def_cfa_register %rbp
  subq $192, %rsp
  movq %rdi, (%rsp)
  movq %rsi, 8(%rsp)
  movq %rdx, 16(%rsp)
  movq %rcx, 24(%rsp)
  movq %r8, 32(%rsp)
  movq %r9, 40(%rsp)
  movups %xmm0, 48(%rsp)
  movups %xmm1, 64(%rsp)
  movq 8(%rbp), %rcx
  movq %rax, %r8
  call lockstep_stream_used
  movups 64(%rsp), %xmm1
  movups 48(%rsp), %xmm0
  movq 40(%rsp), %r9
  movq 32(%rsp), %r8
  movq 24(%rsp), %rcx
  movq 16(%rsp), %rdx
  movq 8(%rsp), %rsi
  movq (%rsp), %rdi
  leave
  .cfi_def_cfa %rsp, 8
  jmp *%rax
  .cfi_endproc
.size lockstep_stream_call, . - lockstep_stream_call
)");

#define STUB(symbol, use)                                                                         \
  extern "C" {                                                                                    \
  [[gnu::used]] Function lockstep_function_##symbol{#symbol, use, nullptr};                       \
  }                                                                                               \
  asm(".text\n.globl " #symbol "\n.type " #symbol ", @function\n" #symbol                         \
      ":\n  .cfi_startproc\n  leaq lockstep_function_" #symbol                                    \
      "(%rip), %rax\n  jmp lockstep_stream_call\n  .cfi_endproc\n.size " #symbol ", . - " #symbol \
      "\n");

#define STREAM(symbol) STUB(symbol, changes_stream)

// clang-format off
// Output.
STREAM(_ZNSolsEDn)
STREAM(_ZNSolsEPFRSoS_E)
STREAM(_ZNSolsEPFRSt8ios_baseS0_E)
STREAM(_ZNSolsEPFRSt9basic_iosIcSt11char_traitsIcEES3_E)
STREAM(_ZNSolsEPKv)
STREAM(_ZNSolsEPSt15basic_streambufIcSt11char_traitsIcEE)
STREAM(_ZNSolsEb)
STREAM(_ZNSolsEd)
STREAM(_ZNSolsEe)
STREAM(_ZNSolsEf)
STREAM(_ZNSolsEi)
STREAM(_ZNSolsEj)
STREAM(_ZNSolsEl)
STREAM(_ZNSolsEm)
STREAM(_ZNSolsEs)
STREAM(_ZNSolsEt)
STREAM(_ZNSolsEx)
STREAM(_ZNSolsEy)
STREAM(_ZNSo9_M_insertIPKvEERSoT_)
STREAM(_ZNSo9_M_insertIbEERSoT_)
STREAM(_ZNSo9_M_insertIdEERSoT_)
STREAM(_ZNSo9_M_insertIeEERSoT_)
STREAM(_ZNSo9_M_insertIlEERSoT_)
STREAM(_ZNSo9_M_insertImEERSoT_)
STREAM(_ZNSo9_M_insertIxEERSoT_)
STREAM(_ZNSo9_M_insertIyEERSoT_)
STREAM(_ZNSo3putEc)
STREAM(_ZNSo5flushEv)
STUB(_ZNSo5writeEPKcl, writes_characters)
STUB(_ZSt16__ostream_insertIcSt11char_traitsIcEERSt13basic_ostreamIT_T0_ES6_PKS3_l, writes_characters)
STREAM(_ZSt4endlIcSt11char_traitsIcEERSt13basic_ostreamIT_T0_ES6_)
STREAM(_ZSt5flushIcSt11char_traitsIcEERSt13basic_ostreamIT_T0_ES6_)
STUB(_ZStlsISt11char_traitsIcEERSt13basic_ostreamIcT_ES5_PKa, writes_c_string)
STUB(_ZStlsISt11char_traitsIcEERSt13basic_ostreamIcT_ES5_PKc, writes_c_string)
STUB(_ZStlsISt11char_traitsIcEERSt13basic_ostreamIcT_ES5_PKh, writes_c_string)
STREAM(_ZStlsISt11char_traitsIcEERSt13basic_ostreamIcT_ES5_a)
STREAM(_ZStlsISt11char_traitsIcEERSt13basic_ostreamIcT_ES5_c)
STREAM(_ZStlsISt11char_traitsIcEERSt13basic_ostreamIcT_ES5_h)
STUB(_ZStlsIcSt11char_traitsIcESaIcEERSt13basic_ostreamIT_T0_ES7_RKNSt7__cxx1112basic_stringIS4_S5_T1_EE, writes_string)
// Input.
STREAM(_ZNSirsEPFRSiS_E)
STREAM(_ZNSirsEPFRSt8ios_baseS0_E)
STREAM(_ZNSirsEPFRSt9basic_iosIcSt11char_traitsIcEES3_E)
STREAM(_ZNSirsEPSt15basic_streambufIcSt11char_traitsIcEE)
STREAM(_ZNSirsERPv)
STREAM(_ZNSirsERb)
STREAM(_ZNSirsERd)
STREAM(_ZNSirsERe)
STREAM(_ZNSirsERf)
STREAM(_ZNSirsERi)
STREAM(_ZNSirsERj)
STREAM(_ZNSirsERl)
STREAM(_ZNSirsERm)
STREAM(_ZNSirsERs)
STREAM(_ZNSirsERt)
STREAM(_ZNSirsERx)
STREAM(_ZNSirsERy)
STREAM(_ZNSi10_M_extractIPvEERSiRT_)
STREAM(_ZNSi10_M_extractIbEERSiRT_)
STREAM(_ZNSi10_M_extractIdEERSiRT_)
STREAM(_ZNSi10_M_extractIeEERSiRT_)
STREAM(_ZNSi10_M_extractIfEERSiRT_)
STREAM(_ZNSi10_M_extractIjEERSiRT_)
STREAM(_ZNSi10_M_extractIlEERSiRT_)
STREAM(_ZNSi10_M_extractImEERSiRT_)
STREAM(_ZNSi10_M_extractItEERSiRT_)
STREAM(_ZNSi10_M_extractIxEERSiRT_)
STREAM(_ZNSi10_M_extractIyEERSiRT_)
STREAM(_ZNSi3getEv)
STREAM(_ZNSi3getERc)
STREAM(_ZNSi3getEPcl)
STREAM(_ZNSi4readEPcl)
STREAM(_ZNSi7getlineEPcl)
STREAM(_ZSt7getlineIcSt11char_traitsIcESaIcEERSt13basic_istreamIT_T0_ES7_RNSt7__cxx1112basic_stringIS4_S5_T1_EE)
STREAM(_ZSt7getlineIcSt11char_traitsIcESaIcEERSt13basic_istreamIT_T0_ES7_RNSt7__cxx1112basic_stringIS4_S5_T1_EES4_)
STREAM(_ZStrsISt11char_traitsIcEERSt13basic_istreamIcT_ES5_Ra)
STREAM(_ZStrsISt11char_traitsIcEERSt13basic_istreamIcT_ES5_Rh)
STREAM(_ZStrsIcSt11char_traitsIcEERSt13basic_istreamIT_T0_ES6_RS3_)
STREAM(_ZStrsIcSt11char_traitsIcESaIcEERSt13basic_istreamIT_T0_ES7_RNSt7__cxx1112basic_stringIS4_S5_T1_EE)
// str() of string streams and, where the compiler inlined that, of their buffers.
STUB(_ZNKSt7__cxx1118basic_stringstreamIcSt11char_traitsIcESaIcEE3strEv, reads_stream)
STUB(_ZNKRSt7__cxx1118basic_stringstreamIcSt11char_traitsIcESaIcEE3strEv, reads_stream)
STUB(_ZNKSt7__cxx1119basic_istringstreamIcSt11char_traitsIcESaIcEE3strEv, reads_stream)
STUB(_ZNKRSt7__cxx1119basic_istringstreamIcSt11char_traitsIcESaIcEE3strEv, reads_stream)
STUB(_ZNKSt7__cxx1119basic_ostringstreamIcSt11char_traitsIcESaIcEE3strEv, reads_stream)
STUB(_ZNKRSt7__cxx1119basic_ostringstreamIcSt11char_traitsIcESaIcEE3strEv, reads_stream)
STUB(_ZNKRSt7__cxx1115basic_stringbufIcSt11char_traitsIcESaIcEE3strEv, reads_buffer)
STUB(_ZNKSt7__cxx1115basic_stringbufIcSt11char_traitsIcESaIcEE3strEv, reads_buffer)
STUB(_ZNSt7__cxx1115basic_stringbufIcSt11char_traitsIcESaIcEE3strERKNS_12basic_stringIcS2_S3_EE, changes_buffer)
STUB(_ZNSt7__cxx1115basic_stringbufIcSt11char_traitsIcESaIcEE3strEONS_12basic_stringIcS2_S3_EE, changes_buffer)
// clang-format on
