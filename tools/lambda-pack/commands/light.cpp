#include "commands/heavy.hpp"

namespace lambda_pack {

const Heavy* heavy() { return nullptr; }

}  // namespace lambda_pack
