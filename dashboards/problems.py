"""Every error as RFC 9457 problem details: a code for machines, a title in both languages, a sentence for a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from blood.isbt128 import ScanError
from dashboards.refusals import in_chinese
from wms.errors import FaultyLines, Refused

MEDIA_TYPE: Final = "application/problem+json"
_log = structlog.get_logger(__name__)

_TITLES: Final[Mapping[int, tuple[str, str]]] = {
    400: ("The request cannot be read", "请求无法读取"),
    401: ("Please sign in", "请先登录"),
    403: ("You may not do this", "您没有此操作的权限"),
    404: ("Not found", "未找到"),
    405: ("This cannot be done here", "此处不支持该操作"),
    409: ("This is not possible now", "当前无法执行该操作"),
    413: ("The request is too large", "请求内容过大"),
    422: ("Something in the request is wrong", "请求内容有误"),
    500: ("Something went wrong in the warehouse", "系统内部错误"),
    502: ("Another service did not answer properly", "其他服务响应异常"),
    503: ("Not available at the moment", "服务暂不可用"),
}
_TITLE_OF_CODE: Final[Mapping[str, tuple[str, str]]] = {
    "sign_in.refused": ("Sign-in failed", "登录失败"),
    "account.locked": ("The account is locked for a while", "账户已暂时锁定"),
    "session.missing": ("Please sign in", "请先登录"),
    "role.missing": ("Your role does not allow this", "您的角色没有此权限"),
    "password.weak": ("The password is too weak", "密码强度不足"),
    "signature.count": ("Two people must sign", "需要两人签名"),
    "signature.same_person": ("Two different people must sign", "必须由两位不同人员签名"),
    "signature.password": ("Choose a password of your own first", "请先自行设置密码"),
    "signature.expired": ("The signature has expired", "签名已过期"),
    "signature.used": ("The signature was used before", "签名已被使用"),
    "signature.other_act": ("The signature is for something else", "签名与当前操作不符"),
    "bag.unknown": ("There is no such bag", "没有该血袋"),
    "bag.changed": ("The bag has changed meanwhile", "血袋状态已变化"),
    "order_unknown": ("There is no such order", "没有该订单"),
    "shipment_unknown": ("There is no such shipment", "没有该发运单"),
    "alarm_unknown": ("There is no such alarm", "没有该报警"),
}


def problem(
    status: int,
    code: str,
    detail: str,
    instance: str,
    fields: Sequence[Mapping[str, str | None]] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Build one problem answer; its ``type`` is a URN made of the code."""
    title, title_zh = title_of(status, code)
    content = {
        "type": f"urn:hemovault:problem:{code}",
        "title": title,
        "title_zh": title_zh,
        "status": status,
        "code": code,
        "detail": detail,
        "detail_zh": in_chinese(code),
        "instance": instance,
        "fields": [dict(field) for field in fields],
    }
    return JSONResponse(content, status_code=status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def title_of(status: int, code: str) -> tuple[str, str]:
    """The title of a refusal in English and Chinese: of its code if that has one, else of its status."""
    return _TITLE_OF_CODE.get(code) or _TITLES.get(status) or _untitled(status)


def internal_error(instance: str) -> JSONResponse:
    """The last resort: says nothing about the inside."""
    detail = "The warehouse met an error that it did not expect. Nothing was changed; the error is in its log."
    return problem(500, "internal", detail, instance)


def install(app: FastAPI) -> None:
    """Answer refusals, invalid requests and unknown routes as problems."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(ScanError, _misread)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)


def scan_code(error: ScanError) -> str:
    """The code of a bad scan as the API tells it: always one of `scan`."""
    return error.code if error.code.startswith("scan.") else f"scan.{error.code}"


async def _refused(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, Refused):  # the framework types handlers by Exception
        raise error
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.warning("request_refused", path=request.url.path, code=error.code, detail=error.detail)
    headers = {"Retry-After": "1"} if error.status == HTTPStatus.SERVICE_UNAVAILABLE else {}
    fields: list[dict[str, str | None]] = []
    if isinstance(error, FaultyLines):
        fields = [
            {"where": f"line {fault.line}", "detail": fault.detail, "detail_zh": in_chinese(fault.code)}
            for fault in error.faults
        ]
    return problem(error.status, error.code, error.detail, request.url.path, fields, headers)


async def _misread(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, ScanError):
        raise error
    return problem(422, scan_code(error), str(error), request.url.path)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    faults: Sequence[Mapping[str, Any]] = error.errors()
    if any(fault["type"] == "json_invalid" for fault in faults):
        return problem(400, "request.not_json", "The body is not valid JSON", request.url.path)
    fields: list[dict[str, str | None]] = [
        {"where": ".".join(str(step) for step in fault["loc"]), "detail": str(fault["msg"]), "detail_zh": None}
        for fault in faults
    ]
    detail = "; ".join(f"{field['where']}: {field['detail']}" for field in fields[:3])
    return problem(422, "request.invalid", detail, request.url.path, fields)


async def _http(request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    code = {404: "route.unknown", 405: "method.not_allowed", 413: "request.too_large"}.get(
        error.status_code, "request.refused"
    )
    return problem(error.status_code, code, str(error.detail), request.url.path, headers=error.headers)


def _untitled(status: int) -> tuple[str, str]:
    return HTTPStatus(status).phrase, _TITLES[500 if status >= HTTPStatus.INTERNAL_SERVER_ERROR else 400][1]
