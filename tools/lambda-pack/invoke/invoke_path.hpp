// Who is meant by the address of an AWS API call. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lambda_pack {

// A function as callers name it: by its name, a partial ARN (`123456789012:function:my-lambda`) or an ARN, each with or
// without a qualifier (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html, FunctionName).
struct FunctionReference {
  std::string name;
  std::string qualifier;  // a version or an alias; may be empty
  std::string arn;        // without qualifier, when the caller gave one in full; else empty

  bool operator==(const FunctionReference&) const = default;
};

// Nothing when `text` has none of these forms.
std::optional<FunctionReference> parse_function_reference(std::string_view text);

enum class Operation { invoke, invoke_with_response_stream, unknown };

struct Address {
  Operation operation = Operation::unknown;
  std::string function;  // as the caller wrote it, percent-encoding undone
};

// What the path of a POST asks for; `path` is as it stood in the request line, without the query.
Address parse_invoke_path(std::string_view path);

}  // namespace lambda_pack
