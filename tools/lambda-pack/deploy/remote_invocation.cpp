#include "deploy/remote_invocation.hpp"

#include "base/base64.hpp"
#include "system/files.hpp"

namespace lambda_pack {
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
          base64_decode(answer.output.value("LogResult", "")).value_or("")};
}

}  // namespace lambda_pack
