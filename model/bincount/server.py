"""The counting endpoint: SageMaker's contract (`/ping`, `/invocations`) as one ASGI application.

`/endpoints/<name>/invocations` is the same for a `sagemaker-runtime` client whose address points here; there,
a refused request looks like the `ModelError` into which SageMaker wraps what a container refuses.
"""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bincount.batching import Batcher, Batching, Overloaded
from bincount.bodies import BodyError, Limits, body_too_large, photos_in
from bincount.onnx_graph import available_cpus
from bincount.photos import PhotoError, read_photo
from bincount.predictor import Predictor, counted, refused
from binwatch.prediction import Prediction, to_json


def build_app(
    predictor: Predictor, *, limits: Limits | None = None, batching: Batching | None = None
) -> Starlette:
    """The application around one loaded counter."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        with ThreadPoolExecutor(available_cpus(), thread_name_prefix="decode") as decoders:
            async with Batcher(predictor.predict, batching) as batcher:
                app.state.endpoint = _Endpoint(predictor, batcher, decoders, limits or Limits())
                yield

    return Starlette(
        routes=[
            Route("/ping", _ping, methods=["GET"]),
            Route("/invocations", _invocations, methods=["POST"]),
            Route("/endpoints/{name}/invocations", _invocations, methods=["POST"]),
        ],
        lifespan=lifespan,
        exception_handlers={BodyError: _body_refused, Overloaded: _overloaded, Exception: _failed},
    )


@dataclass(frozen=True, slots=True)
class _Endpoint:
    """What the routes share."""

    predictor: Predictor
    batcher: Batcher
    decoders: ThreadPoolExecutor
    limits: Limits

    async def predict(self, photo: bytes) -> Prediction:
        """Decode one photo and count it with whatever else arrives now; refuse it alone when it is bad."""
        try:
            pixels = await asyncio.get_running_loop().run_in_executor(self.decoders, read_photo, photo)
        except PhotoError as error:
            return refused(error)
        return counted(await self.batcher.count(pixels))


async def _ping(request: Request) -> Response:
    """Healthy while the counter is loaded and counting."""
    endpoint: _Endpoint = request.app.state.endpoint
    if not endpoint.batcher.alive:
        return JSONResponse({"status": "stopped"}, HTTPStatus.SERVICE_UNAVAILABLE)
    return JSONResponse({"status": "healthy", "model": str(endpoint.predictor.model)})


async def _invocations(request: Request) -> Response:
    """Count the photos of one request."""
    endpoint: _Endpoint = request.app.state.endpoint
    body = await _body(request, endpoint.limits)
    photos = photos_in(body, request.headers.get("content-type", ""), endpoint.limits)
    predictions = await asyncio.gather(*map(endpoint.predict, photos))
    return Response(to_json(endpoint.predictor.model, predictions), media_type="application/json")


async def _body(request: Request, limits: Limits) -> bytes:
    """The body, given up as soon as it is known to be too large."""
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > limits.body_bytes:
        raise body_too_large(limits)
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > limits.body_bytes:
                raise body_too_large(limits)
    except ClientDisconnect as error:
        raise BodyError(HTTPStatus.BAD_REQUEST, "disconnected", "the request was broken off") from error
    return bytes(body)


async def _body_refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, BodyError)  # noqa: S101 (Starlette calls by class)
    return _refusal(request, error.status, error.code, str(error))


async def _overloaded(request: Request, error: Exception) -> Response:
    return _refusal(request, HTTPStatus.SERVICE_UNAVAILABLE, "overloaded", str(error))


async def _failed(request: Request, error: Exception) -> Response:
    """Answer in JSON; Starlette raises the error again behind it, and so the server's log has it."""
    return _refusal(request, HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "the counter failed: see its log")


def _refusal(request: Request, status: HTTPStatus, code: str, message: str) -> Response:
    """One error as JSON; with SageMaker's own fields where its client asks."""
    content: dict[str, object] = {"error": {"code": code, "message": message}}
    headers = {}
    if "name" in request.path_params:
        original = {"OriginalStatusCode": int(status), "OriginalMessage": f"{code}: {message}"}
        content |= {"Message": message, **original}
        headers["x-amzn-ErrorType"] = "ModelError"
    return JSONResponse(content, status, headers)
