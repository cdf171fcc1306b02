// A hidden mode of the program: a process for which the staged tree is /var/task and layers are /opt, as on Lambda.
//
//   lambda-pack enter-task-root <status descriptor> <task root> <number of layers> <layer>... <program> <argument>...
//
// makes a mount namespace of its own (for root) or a user namespace with one (for others), binds the tree there
// read-only, and becomes the program. A process of its own, since a user namespace can only be made by one that has a
// single thread. What is not possible here is said through the status descriptor, and the exit code is 125.
#pragma once

#include <string_view>

namespace lambda_pack {

inline constexpr std::string_view kEnterTaskRoot = "enter-task-root";

// main of that mode; `arguments` are those after its name, ended by a null pointer. Returns when it failed.
int enter_task_root(char** arguments);

}  // namespace lambda_pack
