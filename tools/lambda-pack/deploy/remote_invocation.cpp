#include "deploy/remote_invocation.hpp"

#include "system/files.hpp"

namespace lambda_pack {
namespace {

// RFC 4648, section 4; what is no digit of it is passed over.
std::string base64_decoded(std::string_view text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const std::size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) continue;
    bits = bits << 6 | static_cast<unsigned>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count & 0xff);
  }
  return bytes;
}

}  // namespace

RemoteInvocation invoke_remotely(AwsApi& api, const std::string& name, const std::string& qualifier,
                                 const std::string& payload) {
  AwsCall call{"lambda", "invoke", {{"FunctionName", name}, {"LogType", "Tail"}}, "", {}, true};
  if (!qualifier.empty()) call.input["Qualifier"] = qualifier;
  const TemporaryFolder folder(temporary_folder_parent(), "lambda-pack-");
  if (!payload.empty()) {
    call.blob = "Payload";
    call.file = folder.path() / "payload";
    write_if_different(call.file, payload);
  }
  const AwsAnswer answer = api.call(call);
  return {answer.content, answer.output.value("FunctionError", ""),
          base64_decoded(answer.output.value("LogResult", ""))};
}

}  // namespace lambda_pack
