// What a function has started and left running. Private to this room.
#pragma once

#include <string>

namespace lambda_pack {

// Ends the processes that descend from the function whose Runtime API is at `api`, wherever they have moved: one that
// has made a session of its own is in no group that its function's end reaches. They are known by the function's own
// environment. On Lambda nothing outlives its execution environment either. Where there is no /proc, nothing happens.
void end_stragglers(const std::string& api);

}  // namespace lambda_pack
