// What JavaScript sees: sessions that are made and run on libuv's threads, so that the event loop stays free. src/engine/native
// says what each call takes; here every value is checked, because it becomes memory that others write to.
//
//   open(path) -> version                              kernels() -> names, the fastest first
//   create(model, threads, kernels) -> Promise of a session
//   describe(session) -> { inputs, outputs }: { name, type, dims }[]
//   run(session, inputs, outputs) -> Promise           inputs, outputs: { name: typed array }
//   runSteps(session, count, state, stacked, losses) -> Promise
//   close(session)
#include <node_api.h>

#include <functional>
#include <memory>

#include "session.h"

namespace hueristic {

namespace {

using SessionPointer = std::shared_ptr<Session>;

void expectOk(napi_env env, napi_status status) {
  if (status == napi_ok) return;
  const napi_extended_error_info* info = nullptr;
  napi_get_last_error_info(env, &info);
  throw Failure(info && info->error_message ? info->error_message : "Node-API failed");
}

/** Runs `act`; what it throws becomes a JavaScript error. */
template <class Act>
napi_value guarded(napi_env env, const Act& act) {
  try {
    return act();
  } catch (const std::exception& error) {
    bool pending = false;
    napi_is_exception_pending(env, &pending);
    if (!pending) napi_throw_error(env, nullptr, error.what());
    return nullptr;
  }
}

template <size_t count>
struct Arguments {
  napi_value all[count];
  Arguments(napi_env env, napi_callback_info info) {
    size_t given = count;
    expectOk(env, napi_get_cb_info(env, info, &given, all, nullptr, nullptr));
    if (given < count) throw Failure("expected " + std::to_string(count) + " arguments");
  }
  napi_value operator[](size_t index) const { return all[index]; }
};

std::string textOf(napi_env env, napi_value value) {
  size_t length = 0;
  expectOk(env, napi_get_value_string_utf8(env, value, nullptr, 0, &length));
  std::string text(length, 0);
  expectOk(env, napi_get_value_string_utf8(env, value, &text[0], length + 1, &length));
  return text;
}

size_t countOf(napi_env env, napi_value value) {
  int64_t count = 0;
  expectOk(env, napi_get_value_int64(env, value, &count));
  if (count < 0) throw Failure("expected a count");
  return static_cast<size_t>(count);
}

napi_value textValue(napi_env env, const std::string& text) {
  napi_value value = nullptr;
  expectOk(env, napi_create_string_utf8(env, text.c_str(), text.size(), &value));
  return value;
}

Array arrayOf(napi_env env, const std::string& name, napi_value value) {
  bool isArray = false;
  expectOk(env, napi_is_typedarray(env, value, &isArray));
  if (!isArray) throw Failure(name + ": expected a typed array");
  napi_typedarray_type type;
  size_t length = 0;
  void* data = nullptr;
  expectOk(env, napi_get_typedarray_info(env, value, &type, &length, &data, nullptr, nullptr));
  switch (type) {
    case napi_float32_array:
      return {name, ort::float32, data, length * 4};
    case napi_int32_array:
      return {name, ort::int32, data, length * 4};
    case napi_uint8_array:
      return {name, ort::uint8, data, length};
    case napi_bigint64_array:
      return {name, ort::int64, data, length * 8};
    default:
      throw Failure(name + ": expected a Float32Array, Int32Array, Uint8Array or BigInt64Array");
  }
}

/** Typed arrays by name; each is put into `kept`, which keeps them alive. */
std::vector<Array> arraysOf(napi_env env, napi_value object, napi_value kept) {
  napi_value names = nullptr;
  expectOk(env, napi_get_property_names(env, object, &names));
  uint32_t count = 0, already = 0;
  expectOk(env, napi_get_array_length(env, names, &count));
  expectOk(env, napi_get_array_length(env, kept, &already));
  std::vector<Array> arrays;
  for (uint32_t i = 0; i < count; i++) {
    napi_value name = nullptr, value = nullptr;
    expectOk(env, napi_get_element(env, names, i, &name));
    expectOk(env, napi_get_property(env, object, name, &value));
    arrays.push_back(arrayOf(env, textOf(env, name), value));
    expectOk(env, napi_set_element(env, kept, already + i, value));
  }
  return arrays;
}

/** Another object of JavaScript's must never be taken for a session. */
constexpr napi_type_tag sessionTag = {0x6875657269737469, 0x632d73657373696f};

napi_value wrap(napi_env env, SessionPointer session) {
  napi_value object = nullptr;
  expectOk(env, napi_create_object(env, &object));
  expectOk(env, napi_type_tag_object(env, object, &sessionTag));
  auto held = std::make_unique<SessionPointer>(std::move(session));
  expectOk(env, napi_wrap(
                    env, object, held.get(), [](napi_env, void* data, void*) { delete static_cast<SessionPointer*>(data); },
                    nullptr, nullptr));
  held.release();
  return object;
}

SessionPointer& unwrap(napi_env env, napi_value value) {
  bool isSession = false;
  napi_valuetype type;
  expectOk(env, napi_typeof(env, value, &type));
  if (type == napi_object) expectOk(env, napi_check_object_type_tag(env, value, &sessionTag, &isSession));
  if (!isSession) throw Failure("expected a session");
  void* data = nullptr;
  expectOk(env, napi_unwrap(env, value, &data));
  return *static_cast<SessionPointer*>(data);
}

SessionPointer openSession(napi_env env, napi_value value) {
  SessionPointer session = unwrap(env, value);
  if (!session) throw Failure("the session is closed");
  return session;
}

/** Work on another thread, and the promise that waits for it. */
struct Job {
  napi_async_work work = nullptr;
  napi_deferred deferred = nullptr;
  /** Keeps what the work reads and writes. */
  napi_ref kept = nullptr;
  std::function<void()> act;
  /** Makes the promise's value; none where it is undefined. */
  std::function<napi_value(napi_env)> result;
  std::string error;
  bool failed = false;
};

void execute(napi_env, void* data) {
  auto job = static_cast<Job*>(data);
  try {
    job->act();
  } catch (const std::exception& error) {
    job->failed = true;
    job->error = error.what();
  }
}

void complete(napi_env env, napi_status status, void* data) {
  std::unique_ptr<Job> job(static_cast<Job*>(data));
  if (status == napi_cancelled) {
    job->failed = true;
    job->error = "cancelled";
  }
  job->act = nullptr;
  napi_value value = nullptr;
  if (!job->failed) {
    try {
      if (job->result) value = job->result(env);
      else napi_get_undefined(env, &value);
    } catch (const std::exception& error) {
      job->failed = true;
      job->error = error.what();
    }
  }
  napi_delete_reference(env, job->kept);
  napi_delete_async_work(env, job->work);
  if (!job->failed) {
    napi_resolve_deferred(env, job->deferred, value);
    return;
  }
  napi_value message = nullptr, error = nullptr;
  napi_create_string_utf8(env, job->error.c_str(), job->error.size(), &message);
  napi_create_error(env, nullptr, message, &error);
  napi_reject_deferred(env, job->deferred, error);
}

napi_value start(napi_env env, napi_value kept, std::function<void()> act,
                 std::function<napi_value(napi_env)> result = nullptr) {
  auto job = std::make_unique<Job>();
  job->act = std::move(act);
  job->result = std::move(result);
  napi_value promise = nullptr;
  expectOk(env, napi_create_reference(env, kept, 1, &job->kept));
  expectOk(env, napi_create_promise(env, &job->deferred, &promise));
  expectOk(env, napi_create_async_work(env, nullptr, textValue(env, "hueristic"), execute, complete, job.get(), &job->work));
  expectOk(env, napi_queue_async_work(env, job->work));
  job.release();
  return promise;
}

napi_value emptyArray(napi_env env) {
  napi_value array = nullptr;
  expectOk(env, napi_create_array(env, &array));
  return array;
}

napi_value open(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<1> given(env, info);
    return textValue(env, openRuntime(textOf(env, given[0])));
  });
}

napi_value kernels(napi_env env, napi_callback_info) {
  return guarded(env, [&] {
    napi_value names = emptyArray(env);
    uint32_t count = 0;
    for (const char* const* name = kernelNames(); *name; name++)
      expectOk(env, napi_set_element(env, names, count++, textValue(env, *name)));
    return names;
  });
}

napi_value create(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<3> given(env, info);
    const Array model = arrayOf(env, "model", given[0]);
    SessionSettings settings;
    settings.threads = static_cast<int>(countOf(env, given[1]));
    settings.kernels = textOf(env, given[2]);
    auto made = std::make_shared<SessionPointer>();
    return start(
        env, given[0], [=] { *made = std::make_shared<Session>(model.data, model.bytes, settings); },
        [=](napi_env env) { return wrap(env, std::move(*made)); });
  });
}

napi_value describePorts(napi_env env, const std::vector<Port>& ports) {
  napi_value list = emptyArray(env);
  for (uint32_t i = 0; i < ports.size(); i++) {
    napi_value port = nullptr, type = nullptr, dims = emptyArray(env);
    expectOk(env, napi_create_object(env, &port));
    expectOk(env, napi_create_int32(env, ports[i].type, &type));
    for (uint32_t d = 0; d < ports[i].dims.size(); d++) {
      napi_value length = nullptr;
      expectOk(env, napi_create_int64(env, ports[i].dims[d], &length));
      expectOk(env, napi_set_element(env, dims, d, length));
    }
    expectOk(env, napi_set_named_property(env, port, "name", textValue(env, ports[i].name)));
    expectOk(env, napi_set_named_property(env, port, "type", type));
    expectOk(env, napi_set_named_property(env, port, "dims", dims));
    expectOk(env, napi_set_element(env, list, i, port));
  }
  return list;
}

napi_value describe(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<1> given(env, info);
    const SessionPointer session = openSession(env, given[0]);
    napi_value both = nullptr;
    expectOk(env, napi_create_object(env, &both));
    expectOk(env, napi_set_named_property(env, both, "inputs", describePorts(env, session->inputs())));
    expectOk(env, napi_set_named_property(env, both, "outputs", describePorts(env, session->outputs())));
    return both;
  });
}

napi_value run(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<3> given(env, info);
    const SessionPointer session = openSession(env, given[0]);
    napi_value kept = emptyArray(env);
    std::vector<Array> inputs = arraysOf(env, given[1], kept), outputs = arraysOf(env, given[2], kept);
    return start(env, kept, [=] { session->run(inputs, outputs); });
  });
}

napi_value runSteps(napi_env env, napi_callback_info info) {
  return guarded(env, [&] {
    Arguments<5> given(env, info);
    const SessionPointer session = openSession(env, given[0]);
    const size_t count = countOf(env, given[1]);
    napi_value kept = emptyArray(env);
    std::vector<Array> state = arraysOf(env, given[2], kept), stacked = arraysOf(env, given[3], kept);
    const Array losses = arrayOf(env, "losses", given[4]);
    uint32_t length = 0;
    expectOk(env, napi_get_array_length(env, kept, &length));
    expectOk(env, napi_set_element(env, kept, length, given[4]));
    return start(env, kept, [=] { session->runSteps(count, state, stacked, losses); });
  });
}

/** What is under way keeps the session until it is done. */
napi_value close(napi_env env, napi_callback_info info) {
  return guarded(env, [&]() -> napi_value {
    Arguments<1> given(env, info);
    unwrap(env, given[0]).reset();
    return nullptr;
  });
}

}  // namespace

}  // namespace hueristic

NAPI_MODULE_INIT() {
  const struct {
    const char* name;
    napi_callback call;
  } functions[] = {
      {"open", hueristic::open},         {"kernels", hueristic::kernels},   {"create", hueristic::create},
      {"describe", hueristic::describe}, {"run", hueristic::run},           {"runSteps", hueristic::runSteps},
      {"close", hueristic::close},
  };
  for (const auto& [name, call] : functions) {
    napi_value function = nullptr;
    if (napi_create_function(env, name, NAPI_AUTO_LENGTH, call, nullptr, &function) != napi_ok ||
        napi_set_named_property(env, exports, name, function) != napi_ok)
      return nullptr;
  }
  return exports;
}
