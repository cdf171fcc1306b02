# A toolchain file: the compiler as it is, with the address and undefined-behaviour sanitizers, each finding an error.
set(CMAKE_CXX_FLAGS_INIT "-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer")
