#include "commands/heavy.hpp"
#include "commands/serve.hpp"

namespace lambda_pack {

const Heavy* heavy() { return nullptr; }

void run_invoke(const Settings&) { throw NeedsFullProgram(); }
void run_test(const Settings&) { throw NeedsFullProgram(); }
void run_venv(const Settings&) { throw NeedsFullProgram(); }
void run_serve(const std::vector<Settings>&) { throw NeedsFullProgram(); }

}  // namespace lambda_pack
