# undersong_module(NAME SOURCES a.cpp … [USES module …] [LIBRARIES target …])
#
# A static library of one folder of src/. USES is the architecture's table: a module may include the headers of the
# modules named there, and of base. tests/architecture compares it with every #include.

add_library(undersong_options INTERFACE)
target_include_directories(undersong_options INTERFACE "${CMAKE_SOURCE_DIR}/src")
target_compile_options(undersong_options INTERFACE
  -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual -Wcast-align -Wunused -Wdouble-promotion -Wimplicit-fallthrough
  # Same seed, same music: the compiler must not fuse a multiplication and an addition on one machine and not on another.
  -ffp-contract=off)
if(UNDERSONG_WARNINGS_AS_ERRORS)
  target_compile_options(undersong_options INTERFACE -Werror)
endif()

define_property(GLOBAL PROPERTY UNDERSONG_MODULES BRIEF_DOCS "Lines of `module: uses…`")

function(undersong_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;USES;LIBRARIES")
  add_library(undersong_${name} STATIC ${arg_SOURCES})
  target_link_libraries(undersong_${name} PUBLIC undersong_options)
  set(uses ${arg_USES})
  if(NOT name STREQUAL base)
    list(PREPEND uses base)
  endif()
  foreach(used IN LISTS uses)
    target_link_libraries(undersong_${name} PUBLIC undersong_${used})
  endforeach()
  target_link_libraries(undersong_${name} PRIVATE ${arg_LIBRARIES})
  list(JOIN uses " " used_line)
  set_property(GLOBAL APPEND PROPERTY UNDERSONG_MODULES "${name}: ${used_line}")
endfunction()

# undersong_test(NAME SOURCES a.cpp … USES module …)
#
# One GoogleTest binary a module; each TEST becomes a ctest of its own.
function(undersong_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;USES;LIBRARIES")
  add_executable(${name}_test ${arg_SOURCES})
  foreach(used IN LISTS arg_USES)
    target_link_libraries(${name}_test PRIVATE undersong_${used})
  endforeach()
  target_link_libraries(${name}_test PRIVATE undersong_test_support ${arg_LIBRARIES}
    GTest::gtest GTest::gmock GTest::gtest_main)
  gtest_discover_tests(${name}_test TEST_PREFIX "${name}: " DISCOVERY_TIMEOUT 60)
endfunction()
