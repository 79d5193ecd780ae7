# Compiler, linker and sanitizer settings, gathered in the interface target kdelta_options.

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(kdelta_options INTERFACE)
target_compile_options(kdelta_options INTERFACE -Wall -Wextra -Wshadow -Wconversion -Wold-style-cast
  -Wno-missing-field-initializers  # Designated initializers leave the rest at its default on purpose.
  $<$<BOOL:${KDELTA_WERROR}>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these falsely inside its own and Abseil's headers once it inlines.
  target_compile_options(kdelta_options INTERFACE -Wno-restrict -Wno-maybe-uninitialized
    -Wno-stringop-overflow -Wno-array-bounds -Wno-stringop-overread)
endif()

find_program(MOLD mold)
if(MOLD)
  target_link_options(kdelta_options INTERFACE -fuse-ld=mold)
endif()

if(KDELTA_SANITIZE)
  target_compile_options(kdelta_options INTERFACE -fsanitize=${KDELTA_SANITIZE}
    -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(kdelta_options INTERFACE -fsanitize=${KDELTA_SANITIZE})
endif()
if(KDELTA_FUZZERS)
  target_compile_options(kdelta_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(KDELTA_COVERAGE)
  target_compile_options(kdelta_options INTERFACE -fprofile-instr-generate -fcoverage-mapping)
  target_link_options(kdelta_options INTERFACE -fprofile-instr-generate)
endif()

target_compile_definitions(kdelta_options INTERFACE
  KDELTA_EXECUTOR_${KDELTA_EXECUTOR}=1
  $<$<BOOL:${KDELTA_CHECKS}>:KDELTA_CHECKS=1>)
